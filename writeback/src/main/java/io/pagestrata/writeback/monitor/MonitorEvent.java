// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One event of writeback with its fields: numbers in the unit of the field (bytes, nanoseconds,
 * counts), one number or one for each of several names, or text.
 *
 * <p>Filled by one thread before it is told, never changed after.
 */
public final class MonitorEvent {
  private final EventKind kind;
  private final Map<Field, Object> values = new EnumMap<>(Field.class);
  private Throwable cause;
  private Instant time;

  /**
   * Makes an event without fields.
   *
   * @param kind what it tells
   */
  public MonitorEvent(EventKind kind) {
    this.kind = kind;
  }

  /**
   * What it tells.
   *
   * @return the kind
   */
  public EventKind kind() {
    return kind;
  }

  /**
   * When it was told to the monitor, by the wall clock.
   *
   * @return the time, null before that
   */
  public Instant time() {
    return time;
  }

  void setTime(Instant newTime) {
    time = newTime;
  }

  /**
   * Adds a whole number.
   *
   * @param field which one
   * @param value in the unit of the field; nanoseconds for a time
   * @return this
   */
  public MonitorEvent with(Field field, long value) {
    values.put(field, value);
    return this;
  }

  /**
   * Adds a number with decimals.
   *
   * @param field which one
   * @param value the number; a value that is not finite counts as 0
   * @return this
   */
  public MonitorEvent with(Field field, double value) {
    values.put(field, Double.isFinite(value) ? value : 0.0);
    return this;
  }

  /**
   * Adds one number for each of several names, such as those of tiers.
   *
   * @param field which one
   * @param value numbers in the unit of the field, in the order in which they are written
   * @return this
   */
  public MonitorEvent with(Field field, Map<String, ? extends Number> value) {
    values.put(field, Collections.unmodifiableMap(new LinkedHashMap<>(value)));
    return this;
  }

  /**
   * Adds a text.
   *
   * @param field which one
   * @param value any text
   * @return this
   */
  public MonitorEvent with(Field field, String value) {
    values.put(field, String.valueOf(value));
    return this;
  }

  /**
   * Adds an exception, as text of {@link Field#CAUSE} and with its stack.
   *
   * @param exception what was thrown
   * @return this
   */
  public MonitorEvent with(Throwable exception) {
    cause = exception;
    return with(Field.CAUSE, exception.toString());
  }

  /**
   * Fields it has, in the order in which they are written.
   *
   * @return the fields
   */
  public Set<Field> fields() {
    return values.keySet();
  }

  /**
   * Value of a number field.
   *
   * @param field which one
   * @return its value, 0 when the event does not have it or it is no single number
   */
  public double number(Field field) {
    return values.get(field) instanceof Number n ? n.doubleValue() : 0;
  }

  /**
   * Value of a field that has one number for each of several names.
   *
   * @param field which one
   * @param name such as that of a tier
   * @return its value, 0 when the event does not have it
   */
  public double number(Field field, String name) {
    return values.get(field) instanceof Map<?, ?> map && map.get(name) instanceof Number n
        ? n.doubleValue()
        : 0;
  }

  /**
   * Value of a field as text.
   *
   * @param field which one
   * @return its value, not formatted; empty when the event does not have it
   */
  public String text(Field field) {
    Object value = values.get(field);
    return value == null ? "" : value.toString();
  }

  Throwable cause() {
    return cause;
  }

  Object value(Field field) {
    return values.get(field);
  }

  @Override
  public String toString() {
    return LineFormat.forPeople(this);
  }
}
