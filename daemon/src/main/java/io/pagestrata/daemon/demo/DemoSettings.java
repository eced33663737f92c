// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.daemon.redis.RemoteServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the user asked of the demo.
 *
 * @param inputs files to take the pages from; empty for files of this JDK
 * @param mostPages pages to take from them at most
 * @param pageBytes page size
 * @param ramBytes memory of the store, or empty for a share of the data
 * @param diskDirectory where the segments go, or empty for a new directory
 * @param diskBytes most bytes of segments, or empty for a multiple of the data
 * @param remote server between RAM and disk, or empty for none
 * @param codec name of the codec of puts
 * @param denser codec of a second RAM tier, or empty for one tier
 * @param zpool kind of the allocator in the RAM tier
 * @param eviction what leaves a RAM tier first
 * @param threads threads that put and get
 * @param seed seed of every random choice
 * @param monitorLog whether the writeback monitor is to write lines
 * @param monitorJson whether these are JSON
 */
public record DemoSettings(
    List<Path> inputs,
    int mostPages,
    int pageBytes,
    Optional<Long> ramBytes,
    Optional<Path> diskDirectory,
    Optional<Long> diskBytes,
    Optional<RemoteServer> remote,
    String codec,
    Optional<String> denser,
    String zpool,
    String eviction,
    int threads,
    long seed,
    boolean monitorLog,
    boolean monitorJson) {
  /** Most threads that make sense to ask for. */
  public static final int MOST_THREADS = 256;
}
