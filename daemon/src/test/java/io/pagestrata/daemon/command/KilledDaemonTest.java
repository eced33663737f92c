// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.nbd.TestClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The daemon over a durable store, encrypted and with a location index, is killed under the load of
 * four clients at once, again and again: random writes and reads of single pages, trims, flushes
 * and writes through, as fio makes them with as many jobs. What a FLUSH or a write through was
 * answered for must be there after each start, or something newer.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class KilledDaemonTest {
  private static final int PAGE_BYTES = 4096;
  private static final int JOBS = 4;
  private static final int PAGES_OF_JOB = 750;
  private static final int MOST_OPERATIONS = 2000;

  /**
   * A process that lives for a second gains nothing from the better compiler; the location index
   * needs the others.
   */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "JDK_JAVA_OPTIONS",
          String.join(
              " ",
              "-XX:TieredStopAtLevel=1",
              "--add-opens=java.base/java.lang=ALL-UNNAMED",
              "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
              "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
              "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED"));

  private static final long SEED = Long.getLong("pagestrata.seed", 9);

  @TempDir private Path directory;
  private final Random random = new Random(SEED);

  private final List<Job> jobs = new ArrayList<>();

  @Test
  void whatWasFlushedIsThereAfterEachOfTwentyKills() throws Exception {
    killAndLook(20, true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("stress")
  void whatWasFlushedIsThereAfterEachOfAHundredKills(boolean encrypted) throws Exception {
    killAndLook(100, encrypted);
  }

  private void killAndLook(int rounds, boolean encrypted) throws Exception {
    for (int i = 0; i < JOBS; i++) {
      jobs.add(new Job(i * PAGES_OF_JOB, new Random(random.nextLong())));
    }
    String config = config(encrypted).toString();
    for (int round = 0; round < rounds; round++) {
      try (DaemonProcess daemon = DaemonProcess.start(directory, OPTIONS, "run", "-c", config)) {
        assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
        work(daemon, round);
        assertThat(daemon.status()).as("ended by SIGKILL").isEqualTo(137);
      }
    }
    assertThat(jobs).allMatch(job -> job.lastVersion > rounds);
  }

  /** Works until the daemon is dead; the kill comes from this thread, in the midst of things. */
  private void work(DaemonProcess daemon, int round) throws Exception {
    CountDownLatch enough = new CountDownLatch(1 + random.nextInt(MOST_OPERATIONS));
    ExecutorService threads = Executors.newFixedThreadPool(JOBS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (Job job : jobs) {
        all.add(
            threads.submit(
                () -> {
                  job.run(daemon().socket(), round, enough);
                  return null;
                }));
      }
      while (!enough.await(10, TimeUnit.MILLISECONDS)) {
        // A job that fails a check ends before its time.
        for (Future<?> one : all) {
          if (one.isDone()) {
            one.get();
          }
        }
      }
      daemon.kill();
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private SmallDaemon daemon() {
    return new SmallDaemon(directory);
  }

  private Path config(boolean encrypted) throws IOException {
    Path key = directory.resolve("key");
    PrintWriter silent = new PrintWriter(Writer.nullWriter());
    assertThat(new Program(silent, silent).run("new-key", key.toString())).isZero();
    String encryption = encrypted ? "encryption-key-file: " + key : "encryption: none";
    return daemon().config("durable", directory.resolve("segments"), "", "index: on", encryption);
  }

  /** One client with pages of its own. Belongs to one thread at a time. */
  private static final class Job {
    private final int firstPage;
    private final Random random;

    /** Versions of each page that may be found, the last one written at the end; 0 is absent. */
    private final List<List<Integer>> allowed = new ArrayList<>();

    private int lastVersion;

    Job(int firstPage, Random random) {
      this.firstPage = firstPage;
      this.random = random;
      for (int i = 0; i < PAGES_OF_JOB; i++) {
        allowed.add(new ArrayList<>(List.of(0)));
      }
    }

    void run(Path socket, int round, CountDownLatch enough) throws IOException {
      try (TestClient client = new TestClient(socket)) {
        client.go("default");
        look(client, round);
        while (true) {
          operate(client);
          enough.countDown();
        }
      } catch (IOException e) {
        // The daemon is dead, and what was under way is among what is allowed; or it answered a
        // read with an error.
        if (String.valueOf(e.getMessage()).startsWith("error ")) {
          throw e;
        }
      }
    }

    private long offset(int page) {
      return (long) (firstPage + page) * PAGE_BYTES;
    }

    /** Reads every page that was ever written, and takes what is there as what must stay. */
    private void look(TestClient client, int round) throws IOException {
      for (int page = 0; page < PAGES_OF_JOB; page++) {
        if (allowed.get(page).size() > 1 || allowed.get(page).get(0) != 0) {
          int version = read(client, page);
          assertThat(allowed.get(page))
              .as("round %d, page %d", round, firstPage + page)
              .contains(version);
          allowed.set(page, new ArrayList<>(List.of(version)));
        }
      }
    }

    private int read(TestClient client, int page) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(client.read(offset(page), PAGE_BYTES));
      int version = bytes.getInt(0);
      if (version != 0) {
        assertThat(bytes.array()).isEqualTo(content(firstPage + page, version));
      }
      return version;
    }

    private void operate(TestClient client) throws IOException {
      int dice = random.nextInt(100);
      int page = random.nextInt(PAGES_OF_JOB - 16);
      if (dice < 3) {
        assertThat(client.flush()).isZero();
        allowed.forEach(Job::keepLast);
      } else if (dice < 7) {
        for (int trimmed = page; trimmed < page + 16; trimmed++) {
          allowed.get(trimmed).add(0);
        }
        assertThat(client.trim(offset(page), 16L * PAGE_BYTES)).isZero();
      } else if (dice < 35) {
        assertThat(read(client, page)).isEqualTo(last(allowed.get(page)));
      } else {
        write(client, page, dice < 38);
      }
    }

    private void write(TestClient client, int page, boolean through) throws IOException {
      int version = ++lastVersion;
      allowed.get(page).add(version);
      byte[] content = content(firstPage + page, version);
      if (through) {
        assertThat(client.writeThrough(offset(page), content)).isZero();
        keepLast(allowed.get(page));
      } else {
        assertThat(client.write(offset(page), content)).isZero();
      }
    }

    private static int last(List<Integer> versions) {
      return versions.get(versions.size() - 1);
    }

    private static void keepLast(List<Integer> versions) {
      versions.subList(0, versions.size() - 1).clear();
    }
  }

  private static byte[] content(int page, int version) {
    ByteBuffer bytes = ByteBuffer.allocate(PAGE_BYTES);
    Random noise = new Random(page * 31L + version);
    bytes.putInt(version);
    int noiseBytes = noise.nextInt(PAGE_BYTES - 8);
    while (bytes.position() < noiseBytes) {
      bytes.putInt(noise.nextInt());
    }
    return bytes.array();
  }
}
