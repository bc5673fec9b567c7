import ConformCommand
import Glibc

exit(ConformCommand.run(Array(CommandLine.arguments.dropFirst())))
