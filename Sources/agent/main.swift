import Glibc
import NameServer
import StepAgent

exit(NameProgram.run(Array(CommandLine.arguments.dropFirst())) ?? AgentProgram.run())
