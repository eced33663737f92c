// SPDX-License-Identifier: Apache-2.0
/** Reads configurations from YAML, strictly, naming file, line and column of every problem. */
package io.pagestrata.config.yaml;
