/// Interface `sluice.auth/1`: decides. The host asks on the control thread; the answer may take until the question's deadline.
/// A thrown error counts as FAILED: the chain's failure policy decides.
public protocol Authenticator: Plugin {
    /// Answers one question. Runs in a task of its own; many may be under way at the same time.
    func decide(_ question: AuthQuestion) async throws -> Verdict
}

extension Host {
    /// Answers a question, once; a late or second answer has no effect.
    func answer(_ question: sluice_handle, _ verdict: Verdict) {
        guard let auth else { return }
        verdict.withC { _ = auth.pointee.answer(pointer, question, $0) }
    }
}

/// Asks the plugin in a task of its own and answers with what it returns.
func decide(_ box: InstanceBox, _ question: sluice_handle, _ request: UnsafePointer<sluice_auth_request>?) -> Int32 {
    guard let authenticator = box.authenticator, let request, let asked = AuthQuestion(request) else { return SLUICE_E_INVALID }
    let host = box.host
    Task {
        do {
            host.answer(question, try await authenticator.decide(asked))
        } catch {
            var verdict = Verdict(.failed)
            verdict.detail = String(describing: error)
            host.answer(question, verdict)
        }
    }
    return SLUICE_OK
}
