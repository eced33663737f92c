// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One figure of the comparison: a value for each kind of zpool. For one thread. */
final class ZpoolRow {
  private final String name;
  private final Unit unit;
  private final Map<ZpoolKind, Double> values = new EnumMap<>(ZpoolKind.class);
  private Target target = Target.NONE;
  private List<ZpoolKind> targeted = List.of();
  private Double limit;
  private String note = "";

  ZpoolRow(String name, Unit unit) {
    this.name = name;
    this.unit = unit;
  }

  /** Says what kinds should reach. */
  ZpoolRow target(Target bound, ZpoolKind... kinds) {
    target = bound;
    targeted = List.of(kinds);
    return this;
  }

  ZpoolRow limit(double value) {
    limit = value;
    return this;
  }

  ZpoolRow note(String words) {
    note = words;
    return this;
  }

  void put(ZpoolKind kind, double value) {
    values.put(kind, value);
  }

  String name() {
    return name;
  }

  Unit unit() {
    return unit;
  }

  Double limit() {
    return limit;
  }

  String note() {
    return note;
  }

  /** Null when that kind was not measured. */
  Double value(ZpoolKind kind) {
    return values.get(kind);
  }

  String targetWords() {
    return targeted.isEmpty()
        ? "-"
        : targeted.stream().map(ZpoolRow::word).collect(Collectors.joining(", ")) + " " + target;
  }

  static String word(ZpoolKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** Whether every kind that should reach the target does; null when there is none to ask. */
  Boolean isMet() {
    List<ZpoolKind> asked = targeted.stream().filter(values::containsKey).toList();
    return asked.isEmpty() ? null : asked.stream().allMatch(kind -> target.isMet(values.get(kind)));
  }
}
