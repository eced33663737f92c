// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.FileTierBuilder;
import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.MonitorFormat;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.Units;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.daemon.redis.RemoteServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Opens the store that the demo drives: compressed RAM above packed segments. */
final class DemoStore {
  private static final RemoteServer SOME_SERVER =
      new RemoteServer("redis://localhost", Optional.empty(), Optional.empty(), Optional.empty());

  /** How a problem with the size of one of two RAM tiers begins; the user gave their sum. */
  private static final Pattern OF_ONE_TIER =
      Pattern.compile("^tiers\\[[01]]\\.max-size: value '[^']*' ");

  /** Name of the second RAM tier. */
  static final String DENSE = "dense";

  private static final int RING_SLOTS = 4;
  private static final int TOP_SHARE = 4;
  private static final Duration PUT_WAIT = Duration.ofSeconds(2);
  private static final Duration MONITOR_INTERVAL = Duration.ofSeconds(1);

  private DemoStore() {}

  /**
   * Least memory of a store, in whole MiB since that is what people write.
   *
   * @param pageBytes page size
   * @param segmentBytes segment size
   * @param remote server between RAM and disk
   */
  static long leastRamBytes(int pageBytes, long segmentBytes, Optional<RemoteServer> remote) {
    PagestrataBuilder builder =
        Pagestrata.builder().pageSize(pageBytes).ram(ram -> ram.maxSize(DemoSizes.MOST_RAM_BYTES));
    addRemote(builder, remote.map(any -> SOME_SERVER), DemoSizes.MIB);
    long least =
        builder
            .file(
                file ->
                    place(
                        file,
                        Path.of("unused"),
                        DemoSizes.LEAST_SEGMENTS * segmentBytes,
                        segmentBytes))
            .build()
            .leastRamBytes();
    return DemoSizes.roundUp(least, DemoSizes.MIB);
  }

  /**
   * Finds everything that stands in the way of the store, and changes nothing.
   *
   * @throws InvalidConfigurationException with all problems, in the words of the command line
   */
  static void check(DemoSettings settings, DemoSizes sizes, Path directory) {
    List<String> problems = new ArrayList<>();
    long leastRam = leastRamBytes(settings.pageBytes(), sizes.segmentBytes(), settings.remote());
    long ram = sizes.ramBytes();
    if (ram < leastRam) {
      problems.add(sizeProblem(ram, "small; expected at least ", leastRam));
    } else if (ram > DemoSizes.MOST_RAM_BYTES) {
      problems.add(sizeProblem(ram, "large; expected at most ", DemoSizes.MOST_RAM_BYTES));
    }
    // The rest is checked with a size that is right.
    DemoSizes sound =
        problems.isEmpty()
            ? sizes
            : new DemoSizes(leastRam, sizes.diskBytes(), sizes.segmentBytes());
    problems.addAll(denserProblems(settings));
    try {
      for (String problem : Pagestrata.problemsOnThisMachine(config(settings, sound, directory))) {
        problems.add(OF_ONE_TIER.matcher(problem).replaceFirst(ofAllRam(ram)));
      }
    } catch (InvalidConfigurationException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw OptionWords.of(new InvalidConfigurationException(problems));
    }
  }

  /** Also where the RAM is enough for one tier only, so that the denser codec is not used. */
  private static List<String> denserProblems(DemoSettings settings) {
    if (settings.denser().isEmpty()) {
      return List.of();
    }
    PagestrataBuilder builder = Pagestrata.builder().pageSize(settings.pageBytes());
    long most = DemoSizes.MOST_RAM_BYTES;
    addTwo(builder, most, most, "lz4", settings.denser().get(), "log", "s3-fifo");
    try {
      builder.build();
      return List.of();
    } catch (InvalidConfigurationException e) {
      return e.problems();
    }
  }

  private static String sizeProblem(long ramBytes, String complaint, long boundBytes) {
    return ofAllRam(ramBytes) + "is too " + complaint + Units.formatBytes(boundBytes);
  }

  private static String ofAllRam(long ramBytes) {
    return "ram.maxSize: '" + Units.formatBytes(ramBytes) + "' ";
  }

  static PageStore open(DemoSettings settings, DemoSizes sizes, Path directory) {
    try {
      return Pagestrata.open(config(settings, sizes, directory));
    } catch (InvalidConfigurationException e) {
      throw OptionWords.of(e);
    }
  }

  private static void place(FileTierBuilder file, Path directory, long bytes, long segmentBytes) {
    file.directory(directory).maxSize(bytes).segmentSize(segmentBytes);
  }

  /** A server in a namespace of this process, so that demos do not meet. */
  private static void addRemote(
      PagestrataBuilder builder, Optional<RemoteServer> server, long bytes) {
    server.ifPresent(
        it ->
            builder.remote(
                remote -> {
                  it.addTo(remote);
                  remote.maxSize(bytes).namespace("demo-" + ProcessHandle.current().pid());
                }));
  }

  /** A quarter of the RAM for the first of two tiers, or more where it needs more. */
  private static void addRam(PagestrataBuilder builder, DemoSettings settings, long bytes) {
    long least =
        settings.denser().isEmpty()
            ? bytes
            : leastOfTwoBytes(settings.pageBytes(), settings.remote());
    if (bytes < 2 * least) {
      builder.ram(
          ram ->
              ram.maxSize(bytes)
                  .codec(settings.codec())
                  .zpool(settings.zpool())
                  .eviction(settings.eviction()));
    } else {
      long top = Math.max(least, bytes / TOP_SHARE);
      addTwo(
          builder,
          top,
          bytes - top,
          settings.codec(),
          settings.denser().get(),
          settings.zpool(),
          settings.eviction());
    }
  }

  private static void addTwo(
      PagestrataBuilder builder,
      long topBytes,
      long denseBytes,
      String codec,
      String denser,
      String zpool,
      String eviction) {
    builder
        .writeback(writeback -> writeback.ringSlots(RING_SLOTS))
        .ram(ram -> ram.maxSize(topBytes).codec(codec).zpool(zpool).eviction(eviction))
        .ram(
            ram ->
                ram.name(DENSE)
                    .maxSize(denseBytes)
                    .recompress(denser)
                    .zpool(zpool)
                    .eviction(eviction));
  }

  /** Least memory of each of two tiers. */
  private static long leastOfTwoBytes(int pageBytes, Optional<RemoteServer> remote) {
    PagestrataBuilder builder = Pagestrata.builder().pageSize(pageBytes);
    long most = DemoSizes.MOST_RAM_BYTES;
    addTwo(builder, most, most, "lz4", "zstd-1", "log", "s3-fifo");
    addRemote(builder, remote.map(any -> SOME_SERVER), DemoSizes.MIB);
    return builder
        .file(file -> place(file, Path.of("unused"), most, DemoSizes.MOST_SEGMENT_BYTES))
        .build()
        .leastRamBytes();
  }

  private static PagestrataConfig config(DemoSettings settings, DemoSizes sizes, Path directory) {
    PagestrataBuilder builder =
        Pagestrata.builder().pageSize(settings.pageBytes()).putWait(PUT_WAIT);
    addRam(builder, settings, sizes.ramBytes());
    addRemote(builder, settings.remote(), sizes.diskBytes());
    builder.file(file -> place(file, directory, sizes.diskBytes(), sizes.segmentBytes()));
    if (settings.monitorLog()) {
      builder.monitor(
          monitor ->
              monitor
                  .interval(MONITOR_INTERVAL)
                  .format(settings.monitorJson() ? MonitorFormat.JSON : MonitorFormat.TEXT));
    }
    return builder.build();
  }
}
