/// What somebody wants to do something with: the server (neither part), an app, an environment, or an app in an
/// environment.
public struct Resource: Hashable, Sendable {
    public var appID: Int64?
    public var environmentID: Int64?

    public init(appID: Int64? = nil, environmentID: Int64? = nil) {
        self.appID = appID
        self.environmentID = environmentID
    }

    /// What belongs to no app and no environment.
    public static let server = Resource()
    public static func app(_ id: Int64) -> Resource { Resource(appID: id) }
    public static func environment(_ id: Int64) -> Resource { Resource(environmentID: id) }
    public static func target(app: Int64, environment: Int64) -> Resource {
        Resource(appID: app, environmentID: environment)
    }
}

/// How far a grant or a token reaches: everything, or what is of one app, of one environment, or of both.
public struct Scope: Hashable, Sendable {
    /// Nil means every app.
    public var appID: Int64?
    /// Nil means every environment.
    public var environmentID: Int64?

    public init(appID: Int64? = nil, environmentID: Int64? = nil) {
        self.appID = appID
        self.environmentID = environmentID
    }

    public static let everything = Scope()

    /// Whether a right that is given within this scope holds for `resource`.
    ///
    /// What is narrowed to one app or environment covers only what is of that one. Reading alone asks for less: whoever
    /// may see an app in one environment may see the app.
    public func covers(_ resource: Resource, for right: Right) -> Bool {
        let isRead = right == .read
        func holds(_ given: Int64?, _ asked: Int64?) -> Bool {
            given == nil || given == asked || (isRead && asked == nil)
        }
        return holds(appID, resource.appID) && holds(environmentID, resource.environmentID)
    }
}
