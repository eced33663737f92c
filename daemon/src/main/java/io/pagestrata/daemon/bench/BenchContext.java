// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.daemon.input.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What every measurement works with.
 *
 * @param settings what the user asked for
 * @param files where the pages come from
 * @param pages the pages
 * @param stop true when the user pressed Ctrl-C
 */
record BenchContext(
    BenchSettings settings, List<Path> files, SamplePages pages, BooleanSupplier stop) {
  PageCodec codec() {
    return Pagestrata.codec(settings.codec());
  }

  /** A new directory for one store. */
  TemporaryDirectory newDirectory() throws IOException {
    return TemporaryDirectory.create(settings.directory(), "pagestrata-bench-");
  }

  int rounds() {
    return settings.rounds();
  }

  /** Repeats a pass over all pages until enough time is spent; nanoseconds for one operation. */
  double nanosPerOperation(Pass pass) throws Exception {
    long nanos = 0;
    long operations = 0;
    while (nanos < settings.sampleNanos()) {
      StoppedException.throwIf(stop);
      nanos += pass.run();
      operations += pages.count();
    }
    return (double) nanos / operations;
  }

  /** Does one operation for every sample page. */
  @FunctionalInterface
  interface Pass {
    /**
     * Does the pass.
     *
     * @return nanoseconds that count
     * @throws Exception when it fails
     */
    long run() throws Exception;
  }
}
