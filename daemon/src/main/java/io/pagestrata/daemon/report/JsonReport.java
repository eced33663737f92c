// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a report as one JSON object; {@code docs/reports.md} lists its fields. */
public final class JsonReport {
  /** Grows when a field changes its meaning or goes away. */
  private static final int FORMAT_VERSION = 1;

  private JsonReport() {}

  /**
   * Writes a report to a file.
   *
   * @param report what to write
   * @param file replaced when it exists
   * @throws IOException when the file cannot be written
   */
  public static void write(Report report, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      write(report, out);
    }
  }

  static void write(Report report, Writer out) throws IOException {
    JsonFactory factory = JsonFactory.builder().build();
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("formatVersion", FORMAT_VERSION);
      json.writeStringField("command", report.command());
      json.writeStringField("version", report.version());
      for (ReportSection section : report.sections()) {
        section.write(json);
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  static void writeValue(JsonGenerator json, Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Double number) {
      // JSON knows no infinity: a quotient by zero is null.
      if (Double.isFinite(number)) {
        json.writeNumber(number);
      } else {
        json.writeNull();
      }
    } else if (value instanceof Number number) {
      json.writeNumber(number.longValue());
    } else {
      json.writeString(value.toString());
    }
  }
}
