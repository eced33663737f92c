// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.config.Units;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.input.JdkFiles;
import io.pagestrata.daemon.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The journey of the demo: put all, overwrite and flush while writeback is running, read back
 * skewed, read back all. Every read is compared with the input. For one thread, used once.
 */
public final class Demo {
  private static final long DEFAULT_INPUT_BYTES = 128L << 20;

  private final DemoSettings settings;
  private final Progress progress;
  private final BooleanSupplier stop;

  /**
   * Makes a demo that has not run yet.
   *
   * @param settings what the user asked for
   * @param progress shows how far it is
   * @param stop asked often; true ends the demo early
   */
  public Demo(DemoSettings settings, Progress progress, BooleanSupplier stop) {
    this.settings = settings;
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Runs the demo; afterwards the store is closed and a directory made for it is gone.
   *
   * @return how it ended
   * @throws InputException when the input cannot be used
   * @throws InvalidConfigurationException when values make no store, in the words of the options
   * @throws IOException when the disk directory cannot be used
   * @throws InterruptedException when the calling thread is interrupted
   */
  public DemoResult run() throws InputException, IOException, InterruptedException {
    List<Path> files =
        settings.inputs().isEmpty()
            ? JdkFiles.atLeast(Path.of(System.getProperty("java.home")), DEFAULT_INPUT_BYTES)
            : settings.inputs();
    InputPages input = InputPages.open(files, settings.pageBytes()).first(settings.mostPages());
    Path place = settings.diskDirectory().orElse(Path.of(System.getProperty("java.io.tmpdir")));
    DemoSizes sizes = DemoSizes.of(settings, input, place);
    DemoStore.check(settings, sizes, place);
    try (DemoDirectory directory =
        settings.diskDirectory().isPresent()
            ? DemoDirectory.named(place)
            : DemoDirectory.temporary(place)) {
      return run(files, input, sizes, directory.path());
    } catch (CancellationException e) {
      return DemoResult.ofStopped();
    }
  }

  private DemoResult run(List<Path> files, InputPages input, DemoSizes sizes, Path directory)
      throws InterruptedException {
    progress.note(introduction(files, input, sizes, directory));
    try (PageStore store = DemoStore.open(settings, sizes, directory)) {
      return drive(store, files, input, sizes);
    }
  }

  private String introduction(List<Path> files, InputPages input, DemoSizes sizes, Path directory) {
    return String.format(
        Locale.ROOT,
        "%,d %s of %s from %s; %s of RAM, at most %s on disk in %s",
        input.pages(),
        input.pages() == 1 ? "page" : "pages",
        Units.formatBytes(input.pageBytes()),
        files.stream().map(Path::toString).collect(Collectors.joining(", ")),
        Units.formatBytes(sizes.ramBytes()),
        Units.formatBytes(sizes.diskBytes()),
        directory);
  }

  private DemoResult drive(PageStore store, List<Path> files, InputPages input, DemoSizes sizes)
      throws InterruptedException {
    Pool pool = store.createPool("demo", PoolKind.PERSISTENT);
    DemoFigures figures = new DemoFigures(settings, files, input, sizes);
    try (Crew crew = crew(store, pool, input)) {
      int pages = input.pages();
      int share = Math.max(1, pages / crew.size());
      begin("put all", pages, store);
      figures.putAllNanos = crew.run(DemoWorker::putAll);
      progress.end();
      // Nothing was read yet: whatever was decompressed until now, writeback did it.
      figures.afterPutAll = store.stats();
      begin("overwrite and flush", (long) share / 2 * crew.size(), store);
      figures.churnNanos = crew.run(worker -> worker.churn(share / 2));
      progress.end();
      begin("read back skewed", (long) share * crew.size(), store);
      figures.readSkewedNanos = crew.run(worker -> worker.readSkewed(share));
      progress.end();
      begin("read back all", pages, store);
      figures.readAllNanos = crew.run(DemoWorker::readAll);
      progress.end();
      figures.tally = crew.tally();
    } finally {
      // A phase that was stopped ends here, while the store can still be asked how far it came.
      progress.end();
    }
    figures.atEnd = store.stats();
    return figures.result();
  }

  private Crew crew(PageStore store, Pool pool, InputPages input) {
    ExpectedPages expected = new ExpectedPages(input.pages(), settings.seed());
    SplittableRandom seeds = new SplittableRandom(settings.seed());
    List<DemoWorker> workers = new ArrayList<>();
    DemoWork work = new DemoWork(store, pool, input, expected, progress, new AtomicInteger(), stop);
    long pages = input.pages();
    for (int i = 0; i < settings.threads(); i++) {
      int first = (int) (pages * i / settings.threads());
      int end = (int) (pages * (i + 1) / settings.threads());
      workers.add(new DemoWorker(work, seeds.split(), first, end));
    }
    return new Crew(workers);
  }

  private void begin(String phase, long operations, PageStore store) {
    Supplier<String> residence = () -> residence(store.stats());
    progress.begin(phase, operations, settings.pageBytes(), residence);
  }

  private static String residence(StoreStats stats) {
    StringBuilder text = new StringBuilder();
    for (TierStats tier : stats.tiers()) {
      text.append(String.format(Locale.ROOT, "%s %,d  ", tier.name(), tier.zpages()));
    }
    return text.append("zpages").toString();
  }
}
