// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageVisitor.Place;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.FrozenFiles;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.tiers.file.FaultyFiles;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A durable store with everything at once: users on several threads, reclaim, cleaning, scrubbing,
 * promotion, syncs, a disk that fails now and then, records that rot, stops in order and crashes in
 * the midst of things. Forbidden: a wrong or stale page, one that is older than its last sync after
 * a crash, a leak, a store that does not open, damage that scrubbing does not mend.
 */
@ExtendWith(SeededRandom.class)
@Timeout(value = 3, unit = TimeUnit.HOURS, threadMode = ThreadMode.SEPARATE_THREAD)
class SoakTest {
  private static final int USERS = 3;
  private static final int SHORT_LIVES = 8;
  private static final long SHORT_STEPS = 5_000;
  private static final long LONG_STEPS = 40_000;
  private static final long LONG_SECONDS = Long.getLong("pagestrata.soakSeconds", 600);
  private static final int MOST_TURNS = 30_000;
  private static final int TURNS_UNTIL_COUNTED = 500;
  private static final long BREAK_NANOS = 2_000_000;

  /** Hours pass in seconds, so that scrubbing makes pass after pass. */
  private static final long HASTE = 5_000;

  @TempDir private Path root;
  private final List<SoakWorker> users = new ArrayList<>();
  private Random random;
  private FaultyFiles faults;
  private FrozenFiles frozen;
  private int lives;
  private int crashes;
  private int mended;
  private int faulted;

  @Test
  void everythingAtOnce(Random seeded) throws Exception {
    start(seeded);
    while (lives < SHORT_LIVES) {
      live(SHORT_STEPS);
    }
    end();
  }

  @Test
  @Tag("stress")
  void everythingAtOnceForLong(Random seeded) throws Exception {
    start(seeded);
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(LONG_SECONDS)) {
      live(LONG_STEPS);
    }
    end();
    System.out.printf(
        "soak: %d lives, %d crashes, %d faults, %d records mended, %d steps, %d syncs%n",
        lives,
        crashes,
        faulted,
        mended,
        users.stream().mapToLong(SoakWorker::steps).sum(),
        users.stream().mapToLong(SoakWorker::syncs).sum());
  }

  private void start(Random seeded) {
    random = seeded;
    for (int i = 0; i < USERS; i++) {
      users.add(new SoakWorker("user-" + i, new Random(random.nextLong())));
    }
  }

  private void end() throws IOException {
    try (SmallStore small = open()) {
      users.forEach(user -> user.use(small.store()));
      small.check();
    }
    assertThat(crashes).isBetween(1, lives - 1);
    assertThat(mended).isPositive();
    assertThat(faulted).isPositive();
    assertThat(users).allMatch(user -> user.syncs() > 0);
  }

  private Path directory() {
    return root.resolve("life-" + crashes);
  }

  private SmallStore open() {
    return SmallStore.options()
        .durable()
        .ramBytes(2 << 20)
        .fileBytes(24 << 20)
        .putWait(Duration.ofMillis(20))
        .readOnlyRetry(Duration.ofSeconds(HASTE / 50))
        .promotion(Promotion.REFAULT_DISTANCE)
        .scrub(4 << 20, () -> System.nanoTime() * HASTE)
        .files(this::below)
        .open(directory());
  }

  private SegmentFiles below(SegmentFiles real) {
    frozen = new FrozenFiles(real);
    faults = new FaultyFiles(frozen);
    return faults;
  }

  private void live(long steps) throws Exception {
    // Crashes and stops in order take turns, at least the first few times.
    boolean crash = lives % 2 == 0 || lives > 2 && random.nextBoolean();
    lives++;
    SmallStore small = open();
    users.forEach(user -> user.use(small.store()));
    List<CrashModel> image = new ArrayList<>();
    long enough = users.get(0).steps() + steps;
    Storm storm = new Storm();
    users.forEach(storm::repeat);
    storm.during(
        1,
        () -> {
          while (users.get(0).steps() < enough && !storm.hasFailed()) {
            disturb(small);
          }
          if (crash) {
            copyInTheMidst(image);
          }
        });
    faults.heal();
    if (crash) {
      // What this process goes on to write is not in the copy.
      closeAnyhow(small);
      remove(directory());
      crashes++;
      for (int i = 0; i < USERS; i++) {
        users.get(i).crashed(image.get(i));
      }
    } else {
      users.forEach(SoakWorker::checkAll);
      syncOnceTheDiskIsWell(small);
      small.check();
      mend(small);
      small.close();
      users.forEach(SoakWorker::synced);
    }
  }

  /** After faults the tier takes nothing for a moment. */
  private static void syncOnceTheDiskIsWell(SmallStore small) {
    TierFailureException last = null;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      try {
        small.store().sync();
        return;
      } catch (TierFailureException e) {
        last = e;
        LockSupport.parkNanos(BREAK_NANOS);
      }
    }
    throw new AssertionError("no sync succeeds any more: " + small.store().stats(), last);
  }

  private static void closeAnyhow(SmallStore small) {
    try {
      small.close();
    } catch (TierFailureException e) {
      // Its last sync met the end of a fault; nobody looks at its files again.
    }
  }

  /** Something that users do not do; a fault lasts for some operations, or until the next one. */
  private void disturb(SmallStore small) throws InterruptedException {
    switch (random.nextInt(8)) {
      case 0 -> {
        Operation[] all = Operation.values();
        String error = random.nextBoolean() ? FaultyFiles.NO_SPACE : FaultyFiles.BROKEN;
        faults.fail(all[random.nextInt(all.length)], random.nextInt(20), random.nextInt(40), error);
        faulted++;
      }
      case 1 -> faults.shortenWrites(1 + random.nextInt(20_000));
      case 2 -> small.store().writeBack(new WritebackRequest(0, 1 << 18, Duration.ZERO));
      case 3 -> small.store().stats();
      default -> faults.heal();
    }
    LockSupport.parkNanos(BREAK_NANOS);
  }

  private void copyInTheMidst(List<CrashModel> image) throws IOException {
    Path copy = root.resolve("life-" + (crashes + 1));
    users.forEach(user -> user.modelLock().lock());
    frozen.still().lock();
    try {
      Files.createDirectories(copy);
      try (Stream<Path> files = Files.list(directory())) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
      users.forEach(user -> image.add(user.image()));
    } finally {
      frozen.still().unlock();
      users.forEach(user -> user.modelLock().unlock());
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** Lets the record of a page that is whole in RAM rot, and waits until it is written again. */
  private void mend(SmallStore small) throws IOException, InterruptedException {
    AtomicReference<Place> victim = new AtomicReference<>();
    Damage damage = new Damage(small, small.directory());
    small
        .store()
        .inspect(
            (pool, object, index, place) -> {
              if (place.tier() == 0 && place.backingTier() == 1) {
                Place record = new Place(1, place.backingLocator(), false, -1, -1, -1);
                if (victim.get() == null && isSealed(small, damage.describe(record))) {
                  victim.set(record);
                }
              }
            });
    if (victim.get() == null) {
      return;
    }
    String place = damage.describe(victim.get());
    int at = random.nextInt(ZpageHeader.BYTES);
    int bit = 1 << random.nextInt(8);
    damage.flipInFile(victim.get(), at, bit);
    ScrubStats before = small.hierarchy().tier(1).scrubbing();
    for (int turn = 0; turn < MOST_TURNS && !isMended(small, before); turn++) {
      if (!isBacking(small, victim.get()) && !isMendedSoon(small, before)) {
        // Reclaim and cleaning go on: the page was left to the record, or the record given up.
        takeBack(small.directory(), place, at, bit);
        return;
      }
      LockSupport.parkNanos(BREAK_NANOS);
    }
    assertThat(isMended(small, before))
        .as("the record at %s is mended: %s", place, small.store().stats())
        .isTrue();
    // A start must not meet the damaged record, which may claim to be newer, or another page's.
    Path segment = small.directory().resolve(place.split(" ")[0]);
    for (int turn = 0; turn < MOST_TURNS && Files.exists(segment); turn++) {
      small.store().sync();
      LockSupport.parkNanos(BREAK_NANOS);
    }
    assertThat(segment).as("the segment of the damaged record").doesNotExist();
    mended++;
    small.store().writeBack(WritebackRequest.everything());
    users.forEach(SoakWorker::checkAll);
    small.check();
  }

  /** Whether a record is the backing copy of a page in RAM. */
  private static boolean isBacking(SmallStore small, Place record) {
    AtomicBoolean found = new AtomicBoolean();
    small
        .store()
        .inspect(
            (pool, object, index, place) -> {
              if (place.tier() == 0
                  && place.backingTier() == record.tier()
                  && place.backingLocator() == record.locator()) {
                found.set(true);
              }
            });
    return found.get();
  }

  /** Scrubbing counts a page after it has taken the damaged copy off it. */
  private static boolean isMendedSoon(SmallStore small, ScrubStats before) {
    for (int turn = 0; turn < TURNS_UNTIL_COUNTED && !isMended(small, before); turn++) {
      LockSupport.parkNanos(BREAK_NANOS);
    }
    return isMended(small, before);
  }

  private static void takeBack(Path directory, String place, int at, int bit) throws IOException {
    String[] words = place.split(" ");
    int position = Integer.parseInt(words[words.length - 1]) + at;
    Path file = directory.resolve(words[0]);
    ByteBuffer one = ByteBuffer.allocate(1);
    try (FileChannel segment =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      segment.read(one, position);
      one.put(0, (byte) (one.get(0) ^ bit)).rewind();
      segment.write(one, position);
    } catch (NoSuchFileException e) {
      // Cleaning has deleted the segment, and the damage with it.
    }
  }

  private static boolean isMended(SmallStore small, ScrubStats before) {
    return small.hierarchy().tier(1).scrubbing().rewrittenPages() > before.rewrittenPages();
  }

  /** Whether scrubbing reads a segment: it has its footer. */
  private static boolean isSealed(SmallStore small, String place) {
    Path file = small.directory().resolve(place.split(" ")[0]);
    try {
      byte[] bytes = Files.readAllBytes(file);
      return new String(bytes, StandardCharsets.ISO_8859_1).endsWith("PSTEND\u001a\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
