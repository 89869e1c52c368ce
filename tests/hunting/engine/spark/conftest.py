"""One cluster for all tests of this folder."""

import logging

import pytest

from .cluster import QUICK, lacking, running

SMALL = f"""
spark.sql.shuffle.partitions 2
spark.executor.memory 512m
spark.task.maxFailures 1
spark.driver.extraJavaOptions {QUICK}
spark.executor.extraJavaOptions {QUICK}
"""


@pytest.fixture(scope="package")
def spark(tmp_path_factory):
    """The engine on a cluster of one master and two workers, which asks it of events however few they are."""
    if lacking():
        pytest.skip(lacking())
    from noroshi.hunting.engine.spark import SparkEngine  # an extra: not where it is not installed

    with pytest.MonkeyPatch.context() as patch, running(tmp_path_factory.mktemp("spark")) as master:
        conf = tmp_path_factory.mktemp("conf")
        (conf / "spark-defaults.conf").write_text(SMALL)
        patch.setenv("SPARK_CONF_DIR", str(conf))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        logging.getLogger("py4j").propagate = False  # it says goodbye when all streams are closed
        engine = SparkEngine(master, rules_from=0)
        yield engine
        engine.stop()
