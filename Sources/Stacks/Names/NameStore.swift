package import Engines
package import NameServer

/// Where name servers find what names mean, and what they are made from.
package protocol NameStore: Sendable {
    /// Has an environment's name server answer so from now on: complete or not at all.
    func write(_ book: NameBook, of environment: Int64) throws
    /// Takes away what an environment's name server answers from.
    func forget(_ environment: Int64)
    /// The folder with it, which the name server has as its own.
    func folder(of environment: Int64) -> String
    /// Name of the image that is the program alone, another for each version of it.
    func image() throws -> String
    /// What is in it.
    func files() throws -> [ContainerFile]
}
