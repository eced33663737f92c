// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;

/** Cleaning failed while writing, which counts towards read-only; a failed read does not. */
final class CleaningWriteException extends IOException {
  private static final long serialVersionUID = 1L;

  CleaningWriteException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
