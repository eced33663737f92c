// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStoreException;
import io.pagestrata.daemon.bench.StoreFullException;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.serve.StartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into one line for the user and an exit status. */
final class Failures {
  /** Exceptions from there say all in their message. */
  private static final String OURS = "io.pagestrata";

  private Failures() {}

  static int usage(ParameterException error) {
    CommandLine command = error.getCommandLine();
    // An URI that stands where none is expected may hold a password all the same.
    String message = usageMessage(error).replaceAll("://[^']*@", "://***@");
    tell(command, message + "; see '" + name(command) + " --help'");
    return ExitStatus.USAGE;
  }

  private static String usageMessage(ParameterException error) {
    if (error instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String first = unmatched.getUnmatched().get(0);
      String kind = first.startsWith("-") ? "option" : isRoot(error) ? "command" : "argument";
      List<String> suggestions =
          unmatched.getSuggestions().stream()
              .filter(suggestion -> CloseWords.areClose(first, suggestion))
              .toList();
      String hint = suggestions.isEmpty() ? "" : ", did you mean '" + suggestions.get(0) + "'?";
      return "unknown " + kind + " '" + first + "'" + hint;
    }
    // Java's names of types say nothing to most people.
    String message =
        firstLine(error.getMessage())
            .replaceFirst("('[+]?\\d+') is not an? (int|long)$", "$1 is too large")
            .replaceFirst("('-\\d+') is not an? (int|long)$", "$1 is too small")
            .replaceFirst(" is not an? (int|long)$", " is not a whole number")
            .replaceFirst(" is not a double$", " is not a number");
    return Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  private static boolean isRoot(ParameterException error) {
    return error.getCommandLine().getParent() == null;
  }

  static int execution(Exception error, CommandLine command, boolean debug) {
    if (debug) {
      error.printStackTrace(command.getErr());
    }
    if (error instanceof InputException) {
      tell(command, error.getMessage());
      return ExitStatus.USAGE;
    }
    if (error instanceof StoreFullException) {
      tell(command, error.getMessage());
      return ExitStatus.FAILED;
    }
    if (error instanceof InvalidConfigurationException) {
      // All problems at once: the only message that may take several lines.
      tell(command, error.getMessage());
      return ExitStatus.USAGE;
    }
    if (error instanceof StartException start) {
      tell(command, start.getMessage());
      return ExitStatus.of(start.fault());
    }
    if (error instanceof PageStoreException || error instanceof IOException) {
      tell(command, describe(error));
      return ExitStatus.FAILED;
    }
    String where = debug ? "" : "; the full trace is in " + saveTrace(error);
    tell(command, "unexpected " + describe(error) + where);
    return ExitStatus.FAILED;
  }

  /** Says which memory is at its end, and what gives more. */
  static int outOfMemory(OutOfMemoryError error, PrintWriter err) {
    long heapMib = Runtime.getRuntime().maxMemory() >> 20;
    err.println(
        "pagestrata: not enough memory: "
            + error.getMessage()
            + "; the heap of the JVM is "
            + heapMib
            + " MiB, PAGESTRATA_JAVA_OPTS=-Xmx gives it another size");
    err.flush();
    return ExitStatus.FAILED;
  }

  /** What went wrong, on one line. */
  static String describe(Exception error) {
    if (error instanceof NoSuchFileException missing) {
      return "no such file: " + missing.getFile();
    }
    if (error instanceof AccessDeniedException denied) {
      return "access denied: " + denied.getFile();
    }
    String message = error.getMessage();
    if (error instanceof FileSystemException || error instanceof PageStoreException) {
      return message == null ? error.getClass().getSimpleName() : firstLine(message);
    }
    // The system's own message, or ours: that it is an IOException helps nobody.
    boolean plain = error.getClass() == IOException.class;
    if (message != null && (plain || error.getClass().getPackageName().startsWith(OURS))) {
      return firstLine(message);
    }
    return error.getClass().getSimpleName() + (message == null ? "" : ": " + firstLine(message));
  }

  private static String saveTrace(Exception error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    try {
      Path file = Files.createTempFile("pagestrata-error-", ".txt");
      Files.writeString(file, trace.toString());
      return file.toString();
    } catch (IOException e) {
      return "no file, since none could be written: run again with --debug";
    }
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return (end < 0 ? message : message.substring(0, end)).strip();
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  private static void tell(CommandLine command, String message) {
    // Each line by itself says who speaks, also among those of others.
    message.lines().forEach(line -> command.getErr().println(name(command) + ": " + line));
    command.getErr().flush();
  }
}
