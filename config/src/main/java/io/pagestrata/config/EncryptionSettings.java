// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The table of the settings that encrypt what goes to disk, part of {@link Settings}. */
public final class EncryptionSettings {
  /** With which key. */
  public static final Setting<EncryptionMode> FILE_ENCRYPTION =
      Setting.withDefault(
          "encryption",
          new ChoiceType<>(EncryptionMode.class),
          "auto",
          FileTierConfig.class,
          it -> it.encryption().mode(),
          "With which key zpages on disk are encrypted (AES-256-GCM): ephemeral is a random one that"
              + " is lost with the process; auto is the given key, without one ephemeral in a"
              + " volatile store and none in a durable one.");

  /** File with the key. */
  public static final Setting<Optional<Path>> FILE_ENCRYPTION_KEY_FILE =
      Setting.withDefault(
          "encryption-key-file",
          new OptionalType<>("none", new PathType()),
          "none",
          FileTierConfig.class,
          it -> it.encryption().keyFile(),
          "File with the key: 32 bytes or 64 hexadecimal digits, accessible to its owner only; made"
              + " by pagestrata new-key.");

  /** Command that prints the key. */
  public static final Setting<Optional<String>> FILE_ENCRYPTION_KEY_COMMAND =
      Setting.withDefault(
          "encryption-key-command",
          new OptionalType<>(
              "none", new TextType("a command", "[^\\p{Cc}]{1,4096}", "a command line for sh")),
          "none",
          FileTierConfig.class,
          it -> it.encryption().keyCommand(),
          "Command that prints the key in place of a file, run by sh at the start.");

  /** Earlier keys. */
  public static final Setting<List<Path>> FILE_ENCRYPTION_PREVIOUS_KEY_FILES =
      Setting.withDefault(
          "encryption-previous-key-files",
          new ListType<>("key files", new PathType(), 0),
          "[]",
          FileTierConfig.class,
          it -> it.encryption().previousKeyFiles(),
          "Files with keys that segments of a durable store may still need. Cleaning writes those"
              + " segments again with the present key, and the log tells when no earlier key is"
              + " needed.");

  private EncryptionSettings() {}
}
