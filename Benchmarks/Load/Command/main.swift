import Glibc
import LoadCore

exit(Command.run(CommandLine.arguments))
