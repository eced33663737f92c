// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the user asked of the benchmark.
 *
 * @param inputs files to take the pages from; empty for files of this JDK
 * @param traces recorded swap traffic to replay; may be empty
 * @param parts names of the measurements to run; empty for the usual ones
 * @param codec codec of the stores
 * @param zpool kind of the allocator in their RAM tiers
 * @param eviction which zpages leave them first
 * @param pageBytes page size
 * @param directory where segments are written for a moment
 * @param rounds samples of each figure, of which the median is shown
 * @param sampleNanos least time of one sample
 * @param samplePages most pages taken from the input
 * @param tablePages pages of the memory measurement
 * @param seed seed of every random choice
 */
public record BenchSettings(
    List<Path> inputs,
    List<Path> traces,
    Set<String> parts,
    String codec,
    String zpool,
    String eviction,
    int pageBytes,
    Path directory,
    int rounds,
    long sampleNanos,
    int samplePages,
    int tablePages,
    long seed) {
  /**
   * Looks whether each trace begins as one does, before anything is measured.
   *
   * @throws InputException names the first that does not
   */
  public void checkTraces() throws InputException {
    for (Path trace : traces) {
      SwapTrace.check(trace);
    }
  }

  /** These settings with stores of another eviction policy. */
  BenchSettings withEviction(String policy) {
    return new BenchSettings(
        inputs,
        traces,
        parts,
        codec,
        zpool,
        policy,
        pageBytes,
        directory,
        rounds,
        sampleNanos,
        samplePages,
        tablePages,
        seed);
  }

  /** These settings with stores of another zpool. */
  BenchSettings withZpool(String kind) {
    return new BenchSettings(
        inputs,
        traces,
        parts,
        codec,
        kind,
        eviction,
        pageBytes,
        directory,
        rounds,
        sampleNanos,
        samplePages,
        tablePages,
        seed);
  }
}
