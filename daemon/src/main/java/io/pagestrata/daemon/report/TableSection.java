// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of values under common headings; an array of objects in JSON. For one thread. */
public final class TableSection implements ReportSection {
  private final String name;
  private final String title;
  private final List<Column> columns = new ArrayList<>();
  private final List<List<Cell>> rows = new ArrayList<>();

  private record Column(String name, String heading, Unit unit) {
    boolean isForPeople() {
      return heading != null;
    }
  }

  private record Cell(Object value, Unit unit) {
    String show() {
      return value == null ? "-" : unit.show(value);
    }
  }

  /**
   * Makes a table without columns.
   *
   * @param name field name in JSON
   * @param title headline for people
   */
  public TableSection(String name, String title) {
    this.name = name;
    this.title = title;
  }

  /**
   * Adds a column.
   *
   * @param field field name in JSON
   * @param heading words for people, or null for a column that only JSON has
   * @param unit how to show its values
   * @return this table
   */
  public TableSection column(String field, String heading, Unit unit) {
    columns.add(new Column(field, heading, unit));
    return this;
  }

  /**
   * Adds a row.
   *
   * @param values one for each column; null where there is none
   * @return this table
   */
  public TableSection row(Object... values) {
    List<Cell> row = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      row.add(new Cell(values[i], columns.get(i).unit));
    }
    rows.add(row);
    return this;
  }

  /**
   * Shows a value of the last row in a unit of its own.
   *
   * @param field column name
   * @param unit how to show it
   * @return this table
   */
  public TableSection showAs(String field, Unit unit) {
    List<Cell> row = rows.get(rows.size() - 1);
    for (int i = 0; i < row.size(); i++) {
      if (columns.get(i).name.equals(field)) {
        row.set(i, new Cell(row.get(i).value, unit));
      }
    }
    return this;
  }

  @Override
  public void print(PrintWriter out) {
    out.println(title);
    List<Column> shown = columns.stream().filter(Column::isForPeople).toList();
    TextTable table = new TextTable(shown.stream().map(Column::heading).toList());
    for (int i = 0; i < shown.size(); i++) {
      table.alignRight(i, shown.get(i).unit != Unit.TEXT);
    }
    for (List<Cell> row : rows) {
      List<String> words = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        if (columns.get(i).isForPeople()) {
          words.add(row.get(i).show());
        }
      }
      table.row(words);
    }
    table.print(out);
  }

  @Override
  public void write(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart(name);
    for (List<Cell> row : rows) {
      json.writeStartObject();
      for (int i = 0; i < row.size(); i++) {
        json.writeFieldName(columns.get(i).name);
        JsonReport.writeValue(json, row.get(i).value);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
