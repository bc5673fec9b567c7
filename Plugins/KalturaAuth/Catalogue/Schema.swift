/// The catalogue's tables, as SPEC §12 has them.
enum Schema {
    static let text = """
        CREATE TABLE partners(id INTEGER PRIMARY KEY, name TEXT, blocked INTEGER NOT NULL DEFAULT 0,
          live_enabled INTEGER NOT NULL DEFAULT 1, max_passthrough INTEGER, max_transcoded INTEGER,
          admin_secret TEXT, new_recording INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE profiles(id INTEGER PRIMARY KEY, partner_id INTEGER, name TEXT, template_xml TEXT);
        CREATE TABLE flavors(id INTEGER, profile_id INTEGER, system_name TEXT, tags TEXT, stream_suffix TEXT,
          origin INTEGER NOT NULL DEFAULT 0, width INTEGER, height INTEGER, video_kbps INTEGER, audio_kbps INTEGER,
          frame_rate REAL, max_frame_rate REAL, codec TEXT, profile TEXT, PRIMARY KEY(profile_id,id));
        CREATE TABLE entries(id TEXT PRIMARY KEY, partner_id INTEGER NOT NULL, name TEXT,
          token TEXT, token_sha256 TEXT, srt_pass TEXT, profile_id INTEGER, enabled INTEGER NOT NULL DEFAULT 1,
          valid_from INTEGER, valid_to INTEGER, allowed_sources TEXT,
          record_status INTEGER NOT NULL DEFAULT 0, recording_status INTEGER NOT NULL DEFAULT 2,
          dvr_status INTEGER NOT NULL DEFAULT 0, dvr_window_min INTEGER, segment_ms INTEGER,
          explicit_live INTEGER NOT NULL DEFAULT 0, view_mode INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE on_air(entry_id TEXT, server_index INTEGER, hostname TEXT, status INTEGER,
          started_at INTEGER, updated_at INTEGER, PRIMARY KEY(entry_id,server_index));
        CREATE TABLE alerts(at INTEGER, entry_id TEXT, code INTEGER, reason TEXT, source TEXT);
        CREATE INDEX entries_partner ON entries(partner_id);
        """

    /// Whether the tables are there: one statement, so that a half-made file is told from an empty one by SQLite itself.
    static let probe = "SELECT COUNT(*) FROM sqlite_master WHERE type='table' AND name='entries'"
}
