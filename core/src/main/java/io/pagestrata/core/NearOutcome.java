// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** Expected results of a get that does not wait for a lower tier. */
public enum NearOutcome {
  /** The page is in the target. */
  DONE,
  /** There is no such page; the target is unchanged. */
  ABSENT,
  /** The page lies below the top tier; the target is unchanged. */
  BELOW
}
