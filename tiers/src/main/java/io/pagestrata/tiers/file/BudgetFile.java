// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.WriteBudgetStats;
import io.pagestrata.tiers.crypt.OwnerOnly;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps what is used of write budgets across restarts, in one small text file beside the segments
 * ({@code docs/format.md}).
 *
 * <p>Written anew and renamed over the old one, so that a kill leaves the old or the new file;
 * saved at most once a second, so that a kill forgets a second of writes at most. A damaged file is
 * told in the log and counts as none: budgets protect a medium from years of wear, for which a day
 * more is nothing, and a swap device that does not start is worse. Thread-safe; its monitor is held
 * while the file is written.
 */
public final class BudgetFile {
  static final String NAME = "pagestrata.budget";

  /** Keeps nothing. */
  public static final BudgetFile NONE = new BudgetFile(Path.of(NAME), List.of(), () -> 0);

  static final String NEW_NAME = NAME + ".new";

  private static final Logger LOG = LogManager.getLogger(BudgetFile.class);
  private static final String FIRST_LINE = "pagestrata-budget 1";
  private static final Pattern LINE = Pattern.compile("(\\S+) (-?\\d{1,9}) (\\d{1,19})");
  private static final Pattern LAST_LINE = Pattern.compile("crc32c ([0-9a-f]{8})");
  private static final long MOST_BYTES = 1 << 20;
  private static final long SAVE_NANOS = 1_000_000_000L;

  private final Path directory;
  private final List<WriteBudget> budgets;
  private final LongSupplier nanoClock;
  private String saved = "";
  private long savedNanos;

  /**
   * Names the file; nothing is read or written yet.
   *
   * @param directory where the segments are
   * @param budgets what is kept; those without a limit are left out
   * @param nanoClock monotonic clock in nanoseconds
   */
  public BudgetFile(Path directory, List<WriteBudget> budgets, LongSupplier nanoClock) {
    this.directory = directory;
    this.budgets = budgets.stream().filter(WriteBudget::isLimited).toList();
    this.nanoClock = nanoClock;
  }

  /** Whether a file name is one of a budget file. */
  static boolean isName(String name) {
    return name.equals(NAME) || name.equals(NEW_NAME);
  }

  /**
   * Gives the budgets what was used of them in earlier runs. After the directory was locked.
   *
   * @throws IOException when there is a file that cannot be read
   */
  synchronized void load() throws IOException {
    if (budgets.isEmpty()) {
      return;
    }
    savedNanos = nanoClock.getAsLong();
    List<String> lines;
    try {
      lines = lines(directory.resolve(NAME));
    } catch (NoSuchFileException e) {
      return;
    }
    if (!isWhole(lines)) {
      LOG.warn(
          "{} is damaged; what was written today before this start is not counted",
          directory.resolve(NAME));
      return;
    }
    for (String line : lines.subList(1, lines.size() - 1)) {
      Matcher use = LINE.matcher(line);
      if (use.matches()) {
        restore(use.group(1), Long.parseLong(use.group(2)), use.group(3));
      }
    }
  }

  /** The lines of a file; of one that is too long for what it is, none. */
  private static List<String> lines(Path file) throws IOException {
    return Files.size(file) > MOST_BYTES
        ? List.of()
        : Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
  }

  private void restore(String name, long epochDay, String bytes) {
    // Budgets that are no longer configured are forgotten at the next save.
    budgets.stream()
        .filter(budget -> budget.name().equals(name))
        .forEach(budget -> budget.restore(epochDay, parseBytes(bytes)));
  }

  private static long parseBytes(String text) {
    // 19 digits may be more than a long holds.
    return text.length() == 19 && text.compareTo(Long.toString(Long.MAX_VALUE)) > 0
        ? Long.MAX_VALUE
        : Long.parseLong(text);
  }

  /** Whether these are the lines of a budget file that is as it was written. */
  static boolean isWhole(List<String> lines) {
    if (lines.size() < 2 || !lines.get(0).equals(FIRST_LINE)) {
      return false;
    }
    String content = String.join("\n", lines.subList(0, lines.size() - 1)) + "\n";
    Matcher last = LAST_LINE.matcher(lines.get(lines.size() - 1));
    return last.matches() && last.group(1).equals(checksum(content));
  }

  private static String checksum(String content) {
    CRC32C crc = new CRC32C();
    crc.update(content.getBytes(StandardCharsets.ISO_8859_1));
    return String.format("%08x", crc.getValue());
  }

  /** Saves when something changed and the last time is a second ago. */
  synchronized void saveIfDue() throws IOException {
    if (!budgets.isEmpty() && nanoClock.getAsLong() - savedNanos >= SAVE_NANOS) {
      savedNanos = nanoClock.getAsLong();
      save();
    }
  }

  /** Saves when something changed. */
  synchronized void save() throws IOException {
    if (budgets.isEmpty()) {
      return;
    }
    StringBuilder content = new StringBuilder(FIRST_LINE).append('\n');
    for (WriteBudget budget : budgets) {
      WriteBudgetStats stats = budget.stats();
      content.append(stats.name()).append(' ').append(stats.epochDay());
      content.append(' ').append(stats.usedTodayBytes()).append('\n');
    }
    if (content.toString().equals(saved)) {
      return;
    }
    String file = content + "crc32c " + checksum(content.toString()) + "\n";
    Path fresh = directory.resolve(NEW_NAME);
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, OwnerOnly.file());
    // A stream, since an interrupt would end the writing of a channel.
    try (OutputStream out = Files.newOutputStream(fresh, StandardOpenOption.WRITE)) {
      out.write(file.getBytes(StandardCharsets.ISO_8859_1));
    }
    Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    saved = content.toString();
  }
}
