import Foundation
import Model
import Testing

@testable import Pipeline

struct StepRulesTests {
    private func steps(_ states: [(Step.State, Step.Condition)]) -> [Step] {
        states.enumerated().map { index, state in
            Step(
                id: Int64(index), owner: .build(1), index: index, name: "step \(index)", command: "true",
                condition: state.1, state: state.0, reason: state.0 == .failed ? "exit status 3" : nil)
        }
    }

    @Test func `Steps run in order, one at a time`() {
        #expect(
            nextStep(of: steps([(.waiting, .onSuccess), (.waiting, .onSuccess)]), isCancelled: false)
                == .start(index: 0))
        #expect(
            nextStep(of: steps([(.running, .onSuccess), (.waiting, .onSuccess)]), isCancelled: false)
                == .attend(index: 0))
        #expect(
            nextStep(of: steps([(.succeeded, .onSuccess), (.waiting, .onSuccess)]), isCancelled: false)
                == .start(index: 1))
        #expect(nextStep(of: steps([(.succeeded, .onSuccess)]), isCancelled: false) == .finish(.succeeded))
        #expect(nextStep(of: [], isCancelled: false) == .finish(.succeeded))
    }

    @Test func `After a failure only always and on_fail follow`() {
        let failed = [(Step.State.failed, Step.Condition.onSuccess)]
        #expect(nextStep(of: steps(failed + [(.waiting, .onSuccess)]), isCancelled: false) == .skip(index: 1))
        #expect(nextStep(of: steps(failed + [(.waiting, .always)]), isCancelled: false) == .start(index: 1))
        #expect(nextStep(of: steps(failed + [(.waiting, .onFail)]), isCancelled: false) == .start(index: 1))
        #expect(
            nextStep(of: steps([(.succeeded, .onSuccess), (.waiting, .onFail)]), isCancelled: false) == .skip(index: 1))
        #expect(
            nextStep(of: steps(failed + [(.succeeded, .always)]), isCancelled: false)
                == .finish(.failed(index: 0, reason: "step 0: exit status 3")))
    }

    @Test func `A cancel lets what runs end and nothing follow`() {
        #expect(
            nextStep(of: steps([(.running, .onSuccess), (.waiting, .always)]), isCancelled: true) == .attend(index: 0))
        #expect(
            nextStep(of: steps([(.cancelled, .onSuccess), (.waiting, .always)]), isCancelled: true) == .skip(index: 1))
        #expect(
            nextStep(of: steps([(.cancelled, .onSuccess), (.skipped, .always)]), isCancelled: true)
                == .finish(.cancelled))
        #expect(nextStep(of: steps([(.waiting, .onSuccess)]), isCancelled: true) == .skip(index: 0))
    }

    @Test func `Waiting may mend what is away or full, and nothing else`() {
        #expect(mayPass(Failure(.unavailable, "The Docker Engine at /x doesn't answer")))
        #expect(mayPass(Failure(.failed, "git clone failed", cause: "fatal: write error: No space left on device")))
        #expect(!mayPass(Failure(.notFound, "No registry has the image x")))
        #expect(!mayPass(Failure(.failed, "git clone failed", cause: "fatal: bad object")))
    }

    @Test func `A background step holds nothing up`() {
        let two = steps([(.running, .onSuccess), (.waiting, .onSuccess)])
        #expect(nextStep(of: two, backgrounds: [0], isCancelled: false) == .start(index: 1))
        #expect(
            nextStep(
                of: steps([(.running, .onSuccess), (.succeeded, .onSuccess)]), backgrounds: [0], isCancelled: false)
                == .finish(.succeeded))
    }

    @Test func `A halt skips the rest and ends green`() {
        let halted = steps([(.succeeded, .onSuccess), (.waiting, .always)])
        #expect(nextStep(of: halted, isCancelled: false, halted: true) == .skip(index: 1))
        #expect(
            nextStep(of: steps([(.succeeded, .onSuccess), (.skipped, .always)]), isCancelled: false, halted: true)
                == .finish(.succeeded))
    }

    @Test func `A lost step fails the job, a timed-out one says so`() {
        #expect(
            verdict(of: steps([(.lost, .onSuccess)]), isCancelled: false) == .failed(index: 0, reason: "step 0: failed")
        )
        #expect(
            verdict(of: steps([(.timedOut, .onSuccess)]), isCancelled: false)
                == .timedOut(index: 0, reason: "step 0: timed out"))
    }

    @Test func `The digest is taken from the push's own words`() throws {
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        let log = "abc: Pushed\r\n0123: digest: \(digest) size: 948\r\n"
        #expect(pushedDigest(inLog: log)?.description == digest)
        #expect(pushedDigest(inLog: "latest: digest: none") == nil)
    }
}
