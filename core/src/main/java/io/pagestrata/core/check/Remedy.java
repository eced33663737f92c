// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/** What became of a finding. */
public enum Remedy {
  /** There is nothing to do. */
  NONE,
  /** A repair would put it right. */
  POSSIBLE,
  /** A repair would go on without what is lost, but only when that is accepted. */
  NEEDS_ACCEPTANCE,
  /** It was put right. */
  DONE
}
