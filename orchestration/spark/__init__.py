"""Apache Spark as the engine of the models: docs/spark.md."""
