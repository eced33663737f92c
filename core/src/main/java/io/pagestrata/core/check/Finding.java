// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/**
 * One thing that is not as it should be in the directory of a store.
 *
 * @param severity how bad it is
 * @param file name of the file, empty when no single file is meant
 * @param offset first byte in the file, or -1
 * @param what what it is, one sentence
 * @param page the page that it concerns, in words, or empty
 * @param repair what a repair does about it, or did, in words, or empty
 * @param remedy what became of it
 */
public record Finding(
    Severity severity,
    String file,
    long offset,
    String what,
    String page,
    String repair,
    Remedy remedy) {
  /** Offset of what has none. */
  public static final long NO_OFFSET = -1;

  /**
   * The same with another end.
   *
   * @param end what became of it
   * @return a finding
   */
  public Finding with(Remedy end) {
    return new Finding(severity, file, offset, what, page, repair, end);
  }

  /**
   * Whether it is still there and does harm.
   *
   * @return false when it was put right or never did harm
   */
  public boolean isLeft() {
    return remedy != Remedy.DONE && severity != Severity.NOTE;
  }
}
