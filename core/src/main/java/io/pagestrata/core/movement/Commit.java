// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

/** How the race between a write in flight and its page ended, see {@link Hierarchy#commit}. */
public enum Commit {
  /** The entry names the copy below, the copy above is freed. */
  DEMOTED,
  /** The page was read meanwhile: it stays above, the copy below backs it. */
  KEPT,
  /** The page was overwritten or removed meanwhile: the copy below is dead. */
  LOST
}
