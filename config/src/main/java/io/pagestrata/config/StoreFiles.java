// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.RecordFacts;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.StoreCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks at the files of a store without opening it. Stateless and thread-safe. */
public final class StoreFiles {
  private StoreFiles() {}

  /**
   * Whether a directory holds the files of a store.
   *
   * @param directory a directory
   * @return whether it does
   * @throws IOException when it cannot be read
   */
  public static boolean existIn(Path directory) throws IOException {
    return StoreCheck.holdsStore(directory);
  }

  /**
   * Who has a directory for itself now: a store that runs, or a check.
   *
   * @param directory a directory
   * @return the process in words; empty when nobody has it, or nobody can know
   * @throws IOException when it cannot be read
   */
  public static Optional<String> user(Path directory) throws IOException {
    return StoreCheck.user(directory);
  }

  /**
   * Checks the files of a stopped store with keys that are in files.
   *
   * @param directory where they are
   * @param keyFiles files with the keys of what is encrypted, may be empty
   * @param repair whether to put right what can be
   * @param acceptLoss whether to go on without what is lost when nobody can say which pages it was
   * @param progress hears how far it is
   * @return what there is, with all findings
   * @throws io.pagestrata.core.check.DirectoryInUseException when the store runs
   * @throws IOException when something cannot be read or written, a key file too
   */
  public static Inspection check(
      Path directory,
      List<Path> keyFiles,
      boolean repair,
      boolean acceptLoss,
      CheckProgress progress)
      throws IOException {
    return check(directory, StoreKeys.read(keyFiles), repair, acceptLoss, progress);
  }

  /**
   * Checks the files of a stopped store, and repairs them when asked to.
   *
   * @param directory where they are
   * @param keys of what is encrypted, may be none
   * @param repair whether to put right what can be
   * @param acceptLoss whether to go on without what is lost when nobody can say which pages it was
   * @param progress hears how far it is
   * @return what there is, with all findings
   * @throws io.pagestrata.core.check.DirectoryInUseException when the store runs
   * @throws IOException when something cannot be read or written
   */
  public static Inspection check(
      Path directory, StoreKeys keys, boolean repair, boolean acceptLoss, CheckProgress progress)
      throws IOException {
    FileEncryption encryption = new FileEncryption(Optional.empty(), keys.keys());
    return StoreCheck.check(
        directory, new StoreCheck.Request(encryption, repair, acceptLoss), progress);
  }

  /**
   * Tells what is in the files of a store, which may run meanwhile. Changes nothing.
   *
   * @param directory where they are
   * @param progress hears how far it is
   * @return what there is
   * @throws IOException when something cannot be read
   */
  public static Inspection inspect(Path directory, CheckProgress progress) throws IOException {
    return StoreCheck.inspect(directory, progress);
  }

  /**
   * Shows the records of one segment in file order; damaged ones come last.
   *
   * @param directory where it is
   * @param segment name of its file
   * @param sink takes them
   * @throws IOException when it cannot be read, or is no segment
   */
  public static void records(Path directory, String segment, Consumer<RecordFacts> sink)
      throws IOException {
    StoreCheck.records(directory, segment, sink);
  }
}
