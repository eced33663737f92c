// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;

/** A part of a report that has a title for people and a name for programs. */
public sealed interface ReportSection permits FieldSection, TableSection {
  /**
   * Prints the section as aligned text.
   *
   * @param out where to
   */
  void print(PrintWriter out);

  /**
   * Writes the section as one field of the report's JSON object.
   *
   * @param json where to
   * @throws IOException when writing fails
   */
  void write(JsonGenerator json) throws IOException;
}
