// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.nio.ByteBuffer;

/** Takes results, so that the compiler cannot prove the work useless. Thread-safe. */
final class Sink {
  private static volatile long last;

  private Sink() {}

  static void take(long value) {
    last = value;
  }

  static void take(ByteBuffer page) {
    last = page.getLong(0);
  }
}
