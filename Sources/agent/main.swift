import Glibc
import StepAgent

exit(AgentProgram.run())
