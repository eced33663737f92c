// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The clock that tells how long the calling thread was on a processor. */
final class ThreadCpu {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean IS_KNOWN =
      THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

  private ThreadCpu() {}

  /** Nanoseconds; where the system cannot tell, those of the clock on the wall. */
  static long nanos() {
    return IS_KNOWN ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }
}
