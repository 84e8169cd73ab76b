/// What `up` is asked to do, whichever of the two command lines it came by.
struct UpArguments: Sendable, Hashable {
    /// Name or alias; nil means the server's only one.
    var environment: String?
    /// Compose files as given; empty means to look for them. `-` is standard input.
    var files: [String] = []
    var rancherFile: String?
    /// File with values for `${…}`, which win over the environment's.
    var envFile: String?
    /// File with answers to a catalog's questions; `--env-file` wins over it.
    var answersFile: String?
    /// As given; nil means the name of the first compose file's folder.
    var stack: String?
    /// Empty means all.
    var services: [String] = []
    var upgrade = false
    /// Replaces unchanged services too; implies `upgrade`.
    var forceUpgrade = false
    var confirmUpgrade = false
    var rollback = false
    /// No log tail afterwards.
    var detach = false
    var pull = false
    /// Removes services of the stack that the files don't name.
    var prune = false
    /// Removes without asking.
    var yes = false
    var render = false
    var allowUnset = false
    var json = false
    /// Nil where nothing is given.
    var batchSize: Int?
    /// Milliseconds between batches.
    var interval: Int?
    var description: String?
}
