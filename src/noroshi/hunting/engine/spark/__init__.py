"""The same hunts on Apache Spark: over the same files, with the same answers, where a bank already runs a cluster.

Chosen by configuration (docs/operate/scale.md). It is no faster on few machines; it grows by adding some. Nothing but
this package imports PySpark, which is an extra of the installation. Strings are taken apart by Spark SQL's own
functions, never by a pattern: what splits text by regular expression differs from engine to engine without a word.
"""

from noroshi.hunting.engine.spark.engine import SparkEngine

__all__ = ["SparkEngine"]
