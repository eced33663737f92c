// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.daemon.terminal.Progress;
import java.util.function.BooleanSupplier;

/** Shows how far a check is, when that takes long enough to be of interest. */
final class ShownCheckProgress implements CheckProgress {
  private static final long LEAST_BYTES = 256L << 20;

  private final Progress progress;
  private final BooleanSupplier stop;

  ShownCheckProgress(Progress progress, BooleanSupplier stop) {
    this.progress = progress;
    this.stop = stop;
  }

  @Override
  public void begin(String phase, long bytes) {
    if (bytes >= LEAST_BYTES) {
      progress.begin(phase, bytes, 1, () -> "");
    }
  }

  @Override
  public void advance(long bytes) {
    progress.advance(bytes);
  }

  @Override
  public void end() {
    progress.end();
  }

  @Override
  public boolean isStopped() {
    return stop.getAsBoolean();
  }
}
