// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.core.check.Severity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects findings, a bounded number of them one by one. For one thread. */
final class CheckFindings {
  /** More are counted only: a list that long is not read. */
  static final int MOST = 10_000;

  private final List<Finding> findings = new ArrayList<>();
  private long more;
  private final Map<Remedy, Long> moreLeft = new EnumMap<>(Remedy.class);

  void note(String file, long offset, String what) {
    add(new Finding(Severity.NOTE, file, offset, what, "", "", Remedy.NONE));
  }

  /** A note on something that a repair tidies up. */
  void tidy(String file, String what, String repair) {
    tidy(file, Finding.NO_OFFSET, what, repair);
  }

  /** The same with the place. */
  void tidy(String file, long offset, String what, String repair) {
    add(new Finding(Severity.NOTE, file, offset, what, "", repair, Remedy.POSSIBLE));
  }

  void damage(String file, long offset, String what, String page, String repair) {
    add(new Finding(Severity.DAMAGE, file, offset, what, page, repair, Remedy.POSSIBLE));
  }

  void loss(String file, long offset, String what, String page, String repair) {
    add(new Finding(Severity.LOSS, file, offset, what, page, repair, Remedy.POSSIBLE));
  }

  /** A loss of which nobody can say which pages it concerns. */
  void unknownLoss(String file, long offset, String what, String repair) {
    add(new Finding(Severity.LOSS, file, offset, what, "", repair, Remedy.NEEDS_ACCEPTANCE));
  }

  /** Something that no repair puts right. */
  void incurable(String file, long offset, String what, String page) {
    add(new Finding(Severity.DAMAGE, file, offset, what, page, "", Remedy.NONE));
  }

  /** A page that cannot be read, for want of something that may be brought back. */
  void unreadable(String file, long offset, String what, String page) {
    add(new Finding(Severity.LOSS, file, offset, what, page, "", Remedy.NONE));
  }

  private void add(Finding finding) {
    if (findings.size() < MOST) {
      findings.add(finding);
    } else {
      more++;
      if (finding.isLeft()) {
        moreLeft.merge(finding.remedy(), 1L, Long::sum);
      }
    }
  }

  /** Adds all of another one. */
  void addAll(CheckFindings other) {
    other.findings.forEach(this::add);
    more += other.more;
    other.moreLeft.forEach((remedy, count) -> moreLeft.merge(remedy, count, Long::sum));
  }

  List<Finding> list() {
    return findings;
  }

  /** How many were not listed. */
  long more() {
    return more;
  }

  /** How many of those still do harm. */
  long moreLeft() {
    return moreLeft.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether a repair has something to do, and may do all of it. */
  boolean canRepair(boolean acceptLoss) {
    boolean any = findings.stream().anyMatch(finding -> finding.remedy() == Remedy.POSSIBLE);
    boolean unaccepted =
        moreLeft.containsKey(Remedy.NEEDS_ACCEPTANCE)
            || findings.stream().anyMatch(finding -> finding.remedy() == Remedy.NEEDS_ACCEPTANCE);
    return unaccepted ? acceptLoss : any;
  }

  /** Says that a repair has put right what it can; it does nothing while it must not do all. */
  void repaired() {
    findings.replaceAll(
        finding -> finding.remedy() == Remedy.NONE ? finding : finding.with(Remedy.DONE));
    moreLeft.keySet().removeIf(remedy -> remedy != Remedy.NONE);
  }

  static String page(int pool, long object, int index) {
    return "page "
        + Integer.toUnsignedLong(index)
        + " of object "
        + object
        + " in pool "
        + Integer.toUnsignedString(pool);
  }
}
