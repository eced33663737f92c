// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line as a whole: knows every command and how errors are told. For one thread. */
@Command(
    name = "pagestrata",
    description = "Keeps far more pages than fit in RAM: compressed in memory, packed on disk.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:success",
      "1:failure, such as a page that was not right, or output that cannot be written",
      "2:wrong command, option, file or configuration",
      "3 to 9:of run and fsck only, see their --help",
      "130:stopped by Ctrl-C",
      "143:stopped by a kill",
      "129:stopped, as the terminal was closed"
    },
    commandListHeading = "%nCommands:%n",
    footer = {"", "'pagestrata COMMAND --help' lists the options of a command."})
public final class Program implements Runnable {
  /** Of each command that does not list its own. */
  private static final Map<String, String> USUAL_STATUSES = new LinkedHashMap<>();

  static {
    USUAL_STATUSES.put("0", "success");
    USUAL_STATUSES.put("1", "failure, or output that cannot be written");
    USUAL_STATUSES.put("2", "wrong option, file or value; nothing was done");
    USUAL_STATUSES.put("130, 143", "stopped by Ctrl-C, by SIGTERM");
  }

  private final PrintWriter out;
  private final PrintWriter err;

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an unexpected error.")
  private boolean debug;

  /**
   * Makes a program that has run nothing yet.
   *
   * @param out takes what the user asked for
   * @param err takes errors and progress
   */
  public Program(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs one command.
   *
   * @param args command line without the name of the program
   * @return exit status
   */
  public int run(String... args) {
    CommandLine line = new CommandLine(this);
    line.addSubcommand(new RunCommand());
    line.addSubcommand(new DemoCommand());
    line.addSubcommand(new BenchCommand());
    line.addSubcommand(new CheckConfigCommand());
    line.addSubcommand(new NewKeyCommand());
    line.addSubcommand(new FsckCommand());
    line.addSubcommand(new InspectCommand());
    line.addSubcommand(new RemoteCommand());
    line.addSubcommand(new VersionCommand());
    line.addSubcommand(new HelpCommand());
    giveStandardOptions(line);
    line.registerConverter(Path.class, Program::path);
    line.setOut(out);
    line.setErr(err);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setUsageHelpLongOptionsMaxWidth(26);
    line.setParameterExceptionHandler((error, arguments) -> Failures.usage(error));
    line.setExecutionExceptionHandler(
        (error, command, arguments) -> Failures.execution(error, command, debug));
    int status = execute(line, args);
    // Checking flushes as well. What a user asked for and did not get is no success.
    if (out.checkError() && status == ExitStatus.OK) {
      err.println("pagestrata: the output cannot be written");
      err.flush();
      return ExitStatus.FAILED;
    }
    return status;
  }

  /** The framework hands exceptions over, and lets errors through. */
  private int execute(CommandLine line, String... args) {
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      if (debug) {
        e.printStackTrace(err);
      }
      return Failures.outOfMemory(e, err);
    }
  }

  private static Path path(String name) {
    if (name.isEmpty()) {
      throw new TypeConversionException("the name is empty");
    }
    return Path.of(name);
  }

  private static void giveStandardOptions(CommandLine line) {
    for (CommandLine command : line.getSubcommands().values()) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
      command.getCommandSpec().versionProvider(new VersionCommand.Provider());
      UsageMessageSpec usage = command.getCommandSpec().usageMessage();
      if (usage.exitCodeList().isEmpty()) {
        usage.exitCodeListHeading("%nExit status:%n").exitCodeList(USUAL_STATUSES);
      }
      giveStandardOptions(command);
    }
  }

  /** Runs when no command is given, which is an error. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
