public import Model

/// What a step of a build does.
enum BuildAction: Hashable {
    case checkout, testImage, containers, image, push
    /// The test step of that index in the configuration.
    case run(Int)

    var text: String {
        switch self {
        case .checkout: "checkout"
        case .testImage: "test-image"
        case .containers: "containers"
        case .image: "image"
        case .push: "push"
        case .run(let index): "run \(index)"
        }
    }

    init?(_ text: String) {
        let fixed: [BuildAction] = [.checkout, .testImage, .containers, .image, .push]
        if let action = fixed.first(where: { $0.text == text }) {
            self = action
        } else if text.hasPrefix("run "), let index = Int(text.dropFirst(4)) {
            self = .run(index)
        } else {
            return nil
        }
    }
}

/// The steps of a build in order: a failing test means no image.
public func buildSteps(of configuration: PipelineConfiguration, sha: SHA) -> [StepRecord] {
    var steps = [StepRecord(name: "Check out", command: "git checkout \(sha)", action: BuildAction.checkout.text)]
    if let test = configuration.test {
        if test.build != nil || test.services.contains(where: { $0.build != nil }) {
            let target = test.build?.target.map { " --target \($0)" } ?? ""
            steps.append(
                StepRecord(
                    name: "Build the test image", command: "docker build\(target)", action: BuildAction.testImage.text))
        }
        if test.image != nil || test.build != nil {
            let names = [test.image ?? "the test image"] + test.services.map { $0.image ?? $0.name }
            steps.append(
                StepRecord(
                    name: "Start containers", command: names.joined(separator: ", "),
                    action: BuildAction.containers.text))
        }
        for (index, step) in test.steps.enumerated() {
            steps.append(
                StepRecord(
                    name: step.name, command: step.command, action: BuildAction.run(index).text,
                    condition: step.condition, background: step.background))
        }
    }
    if let image = configuration.image {
        steps.append(
            StepRecord(
                name: "Build the image", command: "docker build -t \(image.name):\(sha.short)… \(image.context)",
                action: BuildAction.image.text))
        steps.append(
            StepRecord(
                name: "Push the image", command: "docker push \(image.name):\(sha)", action: BuildAction.push.text))
    }
    return steps
}

/// The digest in the output of `docker push`: `<tag>: digest: sha256:… size: 1234`, the last one if there are several.
public func pushedDigest(inLog log: String) -> Digest? {
    log.matches(of: /digest: (sha256:[0-9a-f]{64})/).last.flatMap { Digest(String($0.1)) }
}
