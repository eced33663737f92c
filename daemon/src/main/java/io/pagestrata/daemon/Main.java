// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon;

import io.pagestrata.daemon.command.Program;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.apache.logging.log4j.LogManager;

/** Starts the program and turns its answer into the exit status of the process. */
public final class Main {
  private Main() {}

  /**
   * Runs one command. Does not return.
   *
   * @param args command line, see {@code pagestrata --help}
   */
  public static void main(String[] args) {
    Charset charset = Charset.defaultCharset();
    PrintWriter out = new PrintWriter(System.out, true, charset);
    PrintWriter err = new PrintWriter(System.err, true, charset);
    int status = new Program(out, err).run(args);
    out.flush();
    err.flush();
    LogManager.shutdown();
    System.exit(status);
  }
}
