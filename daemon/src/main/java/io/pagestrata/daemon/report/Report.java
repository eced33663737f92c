// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Everything that one run of a command has to say, in sections. For one thread. */
public final class Report {
  private final String command;
  private final String version;
  private final List<ReportSection> sections = new ArrayList<>();

  /**
   * Makes an empty report.
   *
   * @param command the command that ran
   * @param version version of the program
   */
  public Report(String command, String version) {
    this.command = command;
    this.version = version;
  }

  /**
   * Adds a section at the end.
   *
   * @param section what to say
   */
  public void add(ReportSection section) {
    sections.add(section);
  }

  /**
   * Prints all sections for people.
   *
   * @param out where to
   */
  public void print(PrintWriter out) {
    for (ReportSection section : sections) {
      out.println();
      section.print(out);
    }
    out.flush();
  }

  String command() {
    return command;
  }

  String version() {
    return version;
  }

  List<ReportSection> sections() {
    return sections;
  }
}
