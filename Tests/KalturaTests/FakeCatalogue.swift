/// The catalogue of the specification's stand-in API; every secret in it is invented.
enum FakeCatalogue {
    static let text = #"""
        {
          "settings": {"registrationTtl": 120, "reconnectTimeout": 180, "bitrateGapPercent": 40, "publishHost": "live.example.test"},
          "partners": [
            {"id": -5, "name": "media server", "adminSecret": "9b1c7d0e5f4a3b2c1d0e9f8a7b6c5d4e", "canImpersonate": true, "ksVersion": 2},
            {"id": 102, "name": "first customer", "adminSecret": "s3cr3t-of-partner-102-abcdefghij,0123456789abcdef0123456789abcdef", "secret": "user-secret-102", "maxTranscoded": 2, "maxPassthrough": 1},
            {"id": 103, "name": "blocked customer", "adminSecret": "secret-of-103-aaaaaaaaaaaaaaaaaaa", "blocked": true},
            {"id": 104, "name": "customer with its own recorder", "adminSecret": "secret-of-104-bbbbbbbbbbbbbbbbbbb", "newRecording": true, "permissions": ["FEATURE_LIVE_STREAM"]},
            {"id": 105, "name": "customer without live", "adminSecret": "secret-of-105-ccccccccccccccccccc", "liveEnabled": false}
          ],
          "serverNodes": [
            {"id": 11, "hostName": "edge-a.example.test", "environment": "one"},
            {"id": 12, "hostName": "edge-b.example.test", "environment": "two"}
          ],
          "conversionProfiles": [
            {"id": 31, "name": "source and three renditions", "flavors": [
              {"id": 901, "systemName": "source", "tags": "source,ingest,recording_anchor", "streamSuffix": "1", "origin": 1, "frameRate": 25},
              {"id": 902, "systemName": "hd", "tags": "mbr,web,optional_flavor", "width": 1280, "height": 720, "videoBitrate": 2200, "audioBitrate": 128, "maxFrameRate": 30, "profile": "main"},
              {"id": 903, "systemName": "sd", "tags": "mbr,web,optional_flavor", "height": 480, "videoBitrate": 900, "audioBitrate": 96, "maxFrameRate": 30, "profile": "main"},
              {"id": 904, "systemName": "low", "tags": "mbr,mobile", "height": 270, "videoBitrate": 350, "audioBitrate": 64, "maxFrameRate": 15, "profile": "baseline"},
              {"id": 905, "systemName": "second_camera", "tags": "ingest", "streamSuffix": "2", "origin": 1}
            ]},
            {"id": 32, "name": "as it comes", "flavors": [
              {"id": 911, "systemName": "source", "tags": "source,ingest,recording_anchor", "streamSuffix": "1", "origin": 1},
              {"id": 912, "systemName": "source2", "tags": "ingest", "streamSuffix": "2", "origin": 1}
            ]}
          ],
          "entries": [
            {"id": "0_aaaaaaaa", "partnerId": 102, "name": "town hall", "streamPassword": "a1b2c3d4", "conversionProfileId": 31, "flavorParamsIds": "901,902,903,904,905", "recordStatus": 2, "recordingStatus": 2, "dvrStatus": 1, "dvrWindow": 120, "segmentDuration": 4000},
            {"id": "1_bbbbbbbb", "partnerId": 102, "name": "pass through", "streamPassword": "deadbeef", "conversionProfileId": 32, "recordStatus": 0, "dvrStatus": 0},
            {"id": "0_cccccccc", "partnerId": 102, "name": "second pass through", "streamPassword": "cafe0001", "conversionProfileId": 32, "recordStatus": 1, "recordingStatus": 2, "dvrStatus": 1},
            {"id": "0_dddddddd", "partnerId": 103, "name": "of a blocked partner", "streamPassword": "00000001", "conversionProfileId": 32},
            {"id": "0_eeeeeeee", "partnerId": 104, "name": "explicit live", "streamPassword": "00000002", "conversionProfileId": 31, "recordStatus": 1, "explicitLive": 1, "viewMode": 0, "recordingStatus": 0, "srtPass": "correct-horse-7", "encryptedSrtPass": "egoOFGgjXGRBYoqoFmzqHQ"},
            {"id": "0_ffffffff", "partnerId": 105, "name": "no live permission", "streamPassword": "00000003", "conversionProfileId": 32}
          ],
          "faults": []
        }
        """#
}
