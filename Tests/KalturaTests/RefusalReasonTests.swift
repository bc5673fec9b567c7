import KalturaCore
import Testing

@Suite struct RefusalReasonTests {
    /// SPEC §3.5, row by row.
    static let table: [(reasons: [RefusalReason], rtmp: String, srt: Int, rtsp: Int, http: Int)] = [
        (
            [.badRequest, .missingEntry, .missingToken, .missingPartner, .missingIndex, .invalidServerIndex],
            "NetStream.Publish.BadName", 1400, 400, 400
        ),
        ([.badToken], "NetStream.Publish.Unauthorized", 1401, 401, 401),
        ([.blocked, .noPermission, .partnerMismatch], "NetStream.Publish.Denied", 1403, 403, 403),
        ([.noEntry], "NetStream.Publish.BadName", 1404, 404, 404),
        ([.badStreamName, .entryMismatch, .badStreamIndex], "NetStream.Publish.BadName", 1406, 400, 400),
        ([.duplicate, .onAirElsewhere], "NetStream.Publish.BadName", 1409, 409, 409),
        ([.quota], "NetStream.Publish.Denied", 1402, 453, 429),
        ([.noProfile], "NetStream.Publish.Denied", 1406, 415, 422),
        ([.backendDown], "NetStream.Publish.Denied", 1503, 503, 503),
    ]

    @Test func `every reason has the codes of its row`() {
        #expect(Self.table.flatMap(\.reasons).count == RefusalReason.allCases.count)
        for row in Self.table {
            for reason in row.reasons {
                #expect(reason.rtmpPublishCode == row.rtmp, "\(reason)")
                #expect(reason.srtReject == row.srt, "\(reason)")
                #expect(reason.rtspStatus == row.rtsp, "\(reason)")
                #expect(reason.httpStatus == row.http, "\(reason)")
            }
        }
    }

    @Test func `every reason tells the client what to do, each in its own words`() {
        #expect(Set(RefusalReason.allCases.map(\.clientText)).count == RefusalReason.allCases.count)
        #expect(Set(RefusalReason.allCases.map(\.rawValue)).count == RefusalReason.allCases.count)
        #expect(RefusalReason.allCases.allSatisfy { $0.clientText.utf8.count > 20 && $0.clientText.utf8.count < 200 })
        #expect(RefusalReason.rtmpConnectCode == "NetConnection.Connect.Rejected")
    }
}
