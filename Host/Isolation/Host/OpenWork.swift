/// What a plugin's process has been asked and has not answered; what is asked while it is being started again.
struct OpenWork {
    struct Held {
        let question: UInt64
        let message: [UInt8]
    }

    /// Commands and requests are the host's to end; an entry that nobody answers is let go after so long.
    static let patience: UInt64 = 120_000_000_000
    static let limit = 20_000

    /// Question → when the host gives up on it.
    var questions: [UInt64: UInt64] = [:]
    var commands: [UInt64: UInt64] = [:]
    var requests: [UInt64: UInt64] = [:]
    var held: [Held] = []

    var count: Int { questions.count + commands.count + requests.count }

    /// Lets go of what the host itself has ended by now.
    mutating func expire(_ now: UInt64) {
        guard count > 1000 else { return }
        questions = questions.filter { $0.value > now }
        commands = commands.filter { $0.value > now }
        requests = requests.filter { $0.value > now }
    }

    /// Takes all that the process had.
    mutating func takeAll() -> OpenWork {
        var taken = OpenWork()
        taken.questions = questions
        taken.commands = commands
        taken.requests = requests
        questions = [:]
        commands = [:]
        requests = [:]
        return taken
    }

    func fail(_ services: HostServices, _ reason: String) {
        for question in questions.keys { services.fail(question: question, reason) }
        for call in commands.keys { services.fail(command: call, reason) }
        for exchange in requests.keys { services.fail(request: exchange, status: 503, reason) }
    }
}
