// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Named values, one on a line; an object in JSON. For one thread. */
public final class FieldSection implements ReportSection {
  private final String name;
  private final String title;
  private final List<Field> fields = new ArrayList<>();

  private record Field(String name, String label, Unit unit, Object value) {}

  /**
   * Makes an empty section.
   *
   * @param name field name in JSON
   * @param title headline for people
   */
  public FieldSection(String name, String title) {
    this.name = name;
    this.title = title;
  }

  /**
   * Adds a value.
   *
   * @param field field name in JSON
   * @param label words for people
   * @param unit how to show it
   * @param value a Long, Double, Boolean or String that suits the unit
   * @return this section
   */
  public FieldSection add(String field, String label, Unit unit, Object value) {
    fields.add(new Field(field, label, unit, value));
    return this;
  }

  @Override
  public void print(PrintWriter out) {
    out.println(title);
    int width = fields.stream().mapToInt(field -> field.label.length()).max().orElse(0);
    for (Field field : fields) {
      out.println("  " + TextTable.left(field.label, width) + "  " + field.unit.show(field.value));
    }
  }

  @Override
  public void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(name);
    for (Field field : fields) {
      json.writeFieldName(field.name);
      JsonReport.writeValue(json, field.value);
    }
    json.writeEndObject();
  }
}
