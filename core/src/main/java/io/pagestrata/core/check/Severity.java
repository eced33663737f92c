// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/** How bad a finding is for the pages of a store. */
public enum Severity {
  /** Nothing is wrong for any page; the store copes by itself. */
  NOTE,
  /** Something is not as it was written, but the present content of every page is there. */
  DAMAGE,
  /** The present content of a page is lost, or nobody can say that it is not. */
  LOSS
}
