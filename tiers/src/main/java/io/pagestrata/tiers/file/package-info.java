// SPDX-License-Identifier: Apache-2.0
/** The file tier: packed, append-only segment files, their format, writer, reader and cleaner. */
package io.pagestrata.tiers.file;
